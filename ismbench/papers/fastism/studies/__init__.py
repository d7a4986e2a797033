"""What the fastISM paper needs beyond the harness: each module computes the tables of one study."""
