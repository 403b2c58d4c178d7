"""One module per ledger: the kinds of record that the house keeps."""
