"""The evidence as pages: what Great Expectations renders, without anything from elsewhere."""
