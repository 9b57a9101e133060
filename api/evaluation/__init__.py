"""How well sentences never seen are understood: asking them, judging, comparing with last time, the report."""
