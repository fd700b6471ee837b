"""Documents made into planned reads: once from selection to shape, then by values alone."""
