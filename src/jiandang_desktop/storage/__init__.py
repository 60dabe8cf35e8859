"""The encrypted vault behind the ports. SQL lives here and nowhere else."""
