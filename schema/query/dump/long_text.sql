SELECT fitted, whole FROM long_text ORDER BY {bytes fitted}
