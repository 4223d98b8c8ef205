"""Jobs: their state, the handle that waits for them and the record of submissions."""
