"""Documents: kinds, composing, freezing, docx."""
