"""Pure Python the whole house stands on: periods, workdays, Chinese numbers and text, sheets, content files."""
