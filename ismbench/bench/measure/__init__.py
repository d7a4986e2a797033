"""The worker's side: what is timed and judged, in a process of its own."""
