"""Speed claims of the README, each measured beside a plain way in the same run."""
