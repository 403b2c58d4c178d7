"""系统管理: what the three administrators do, each seeing only the own part and no business."""
