"""How numbers, tables and moments are written, the same in every report, page and message."""
