"""What the Taylor ISM paper needs beyond the harness: trained models, explained and compared."""
