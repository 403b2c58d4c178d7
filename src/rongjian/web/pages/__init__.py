"""One module per page: a view builds a frozen context, a template of the same name shows it."""
