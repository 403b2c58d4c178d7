"""The spine: records, links, evidence, dues, events and the one way to write them."""
