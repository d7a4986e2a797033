"""What every paper needs: studies, their records, findings, pictures and the page."""
