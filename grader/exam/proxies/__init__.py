"""The examiner's end of the conversation with the student kernel, and the proxies for what cannot be copied."""
