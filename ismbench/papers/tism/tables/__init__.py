"""Published numbers beside ours, and what is read from the records for them."""
