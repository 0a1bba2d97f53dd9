"""Who made it and under which licence, in the fields that stock sites, Google and exiftool read.

XMP (dc, xmpRights, photoshop, plus, Iptc4xmpExt) is the source of truth; EXIF repeats the names.
No prompt and no buyer: files travel for ever.
"""

import io
from xml.sax.saxutils import escape

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from chalicelib.contracts.jobs import Rights

SOFTWARE = "Style License"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
DATA_MINING = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-GENAIMLTRAINING"
# What pages show in place of the PNG: width and height at most, and the quality.
THUMBNAIL = ((256, 256), 82)
PREVIEW = ((640, 1280), 82)
SAMPLE = ((1024, 1024), 90)
PNG_LEVEL = 3
_XMP_KEYWORD = "XML:com.adobe.xmp"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:sl="https://stylelicense.example/ns/1.0/">
<dc:creator><rdf:Seq><rdf:li>{artist}</rdf:li></rdf:Seq></dc:creator>
<dc:title>{title}</dc:title>
<dc:description>{description}</dc:description>
<dc:subject><rdf:Bag><rdf:li>{style}</rdf:li><rdf:li>AI-generated</rdf:li></rdf:Bag></dc:subject>
<dc:rights>{rights}</dc:rights>
<xmpRights:Marked>True</xmpRights:Marked>
<xmpRights:WebStatement>{licence}</xmpRights:WebStatement>
<xmpRights:UsageTerms>{terms}</xmpRights:UsageTerms>
<photoshop:Credit>{credit}</photoshop:Credit>
<xmp:CreatorTool>{software}</xmp:CreatorTool>
<xmp:CreateDate>{created}</xmp:CreateDate>
<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource">
<plus:LicensorName>{artist}</plus:LicensorName><plus:LicensorURL>{licence}</plus:LicensorURL>
</rdf:li></rdf:Seq></plus:Licensor>
<plus:DataMining>{mining}</plus:DataMining>
<Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>
<Iptc4xmpExt:DigImageGUID>{guid}</Iptc4xmpExt:DigImageGUID>
<Iptc4xmpExt:AISystemUsed>{software}</Iptc4xmpExt:AISystemUsed>
<Iptc4xmpExt:AISystemVersionUsed>{base_model}</Iptc4xmpExt:AISystemVersionUsed>
<sl:artistId>{artist_id}</sl:artistId><sl:styleId>{style_id}</sl:styleId>
<sl:styleTitle>{style}</sl:styleTitle><sl:generationId>{generation_id}</sl:generationId>
<sl:licenceUrl>{licence}</sl:licenceUrl>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def xmp_packet(rights: Rights) -> str:
    """The XMP packet of one image; every value is escaped."""
    values = {
        "artist": rights.artist_name,
        "style": rights.style_title,
        "licence": rights.licence_url,
        "credit": f"{rights.artist_name} / {SOFTWARE}",
        "software": SOFTWARE,
        "created": rights.created_at,
        "mining": DATA_MINING,
        "source_type": SOURCE_TYPE,
        "guid": rights.generation_id or rights.style_id,
        "base_model": rights.base_model,
        "artist_id": rights.artist_id,
        "style_id": rights.style_id,
        "generation_id": rights.generation_id or "",
    }
    escaped = {name: escape(str(value)) for name, value in values.items()}
    texts = {
        "title": f"{rights.style_title} by {rights.artist_name}",
        "description": f"AI-generated image in the style {rights.style_title}"
        f" of {rights.artist_name}, licensed by the artist",
        "rights": _copyright(rights),
        "terms": f"Licensed by Style License; the licence is at {rights.licence_url}",
    }
    escaped |= {name: _in_default_language(value) for name, value in texts.items()}
    return _PACKET.format_map(escaped)


def write_png(image: Image.Image, rights: Rights) -> bytes:
    """The picture as a PNG with XMP and EXIF."""
    info = PngInfo()
    info.add_itxt(_XMP_KEYWORD, xmp_packet(rights), zip=False)
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=info, exif=_exif(rights).tobytes(), compress_level=PNG_LEVEL)
    return out.getvalue()


def write_webp(image: Image.Image, rights: Rights, rendition: tuple[tuple[int, int], int]) -> bytes:
    """A WebP of a rendition's size and quality, with the same XMP and EXIF."""
    size_max, quality = rendition
    small = image.copy()
    small.thumbnail(size_max, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(
        out,
        "WEBP",
        quality=quality,
        method=4,
        xmp=xmp_packet(rights).encode(),
        exif=_exif(rights).tobytes(),
    )
    return out.getvalue()


def _exif(rights: Rights) -> Image.Exif:
    exif = Image.Exif()
    # As bytes: Pillow would turn a Korean str into question marks.
    exif[0x013B] = rights.artist_name.encode()
    exif[0x8298] = _copyright(rights).encode()
    exif[0x010E] = f"{rights.style_title} ({rights.licence_url})".encode()
    exif[0x0131] = SOFTWARE.encode()
    return exif


def _copyright(rights: Rights) -> str:
    return f"Style © {rights.artist_name}. AI-generated image, licensed: {rights.licence_url}"


def _in_default_language(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'
