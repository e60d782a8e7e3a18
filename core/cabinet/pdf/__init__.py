"""Documents as PDF: shared layout pieces over ReportLab, amounts in words, payment QR codes.

The pieces set plain text only: nothing in a text is markup, and nothing is ever fetched by its name.
"""
