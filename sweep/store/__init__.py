"""Results: records, tables and study.json, in a folder or a bucket, and who is writing them."""
