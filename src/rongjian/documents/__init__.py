"""Documents whose figures are live until frozen, and the check of drafts."""
