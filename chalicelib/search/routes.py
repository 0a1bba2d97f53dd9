"""/api/search."""

from chalicelib.kit import storage
from chalicelib.kit.db import AnyRow
from chalicelib.search import queries
from chalicelib.search.schemas import ArtistHit, Kind, SearchQuery, SearchResults, StyleHit
from chalicelib.styles.schemas import ArtistRef
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("GET", "/search", who=Who.ANYONE, query=SearchQuery)
def search(db: Session, *, viewer: Viewer | None, query: SearchQuery) -> SearchResults:
    """Styles by their tags, artists by their names."""
    of_styles = query.type is not Kind.ARTISTS
    of_artists = query.type is not Kind.STYLES
    styles = queries.styles_like(db, asked=query.q, limit=query.limit) if of_styles else []
    artists = queries.artists_like(db, asked=query.q, limit=query.limit) if of_artists else []
    return SearchResults(
        styles=[_style(row) for row in styles], artists=[_artist(row) for row in artists]
    )


def _style(row: AnyRow) -> StyleHit:
    samples = row.public_sample_keys
    return StyleHit(
        id=row.id,
        name=row.title,
        thumbnail_url=storage.find_public_url(samples[-1] if samples else None),
        artist=ArtistRef(id=row.artist_id, artist_name=row.artist_name),
        matched_by=row.matched_by,
    )


def _artist(row: AnyRow) -> ArtistHit:
    return ArtistHit(
        id=row.id,
        username=row.username,
        artist_name=row.artist_name,
        follower_count=row.follower_count,
        profile_image_url=storage.find_public_url(row.profile_image_key),
        matched_by=row.matched_by,
    )
