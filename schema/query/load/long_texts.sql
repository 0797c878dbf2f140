SELECT fitted, whole FROM long_text
