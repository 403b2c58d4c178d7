"""督办: what was deployed, what units report on it, what follows when a limit passes."""
