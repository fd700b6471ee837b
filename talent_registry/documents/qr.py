"""QR codes as SVG."""

import io

import segno


def qr_svg(text: str) -> str:
    """The QR code of a text as an SVG image (error correction M, four units of quiet zone)."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", scale=4, border=4)
    return drawn.getvalue().decode()
