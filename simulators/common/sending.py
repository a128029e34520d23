"""Turning an answer into bytes on the wire: whole, compressed, or cut in half on purpose."""

from aiohttp import web

from simulators.common.answers import Answer

# Below this a compressed body is hardly smaller than a plain one.
SMALLEST_COMPRESSED = 512


async def send(request: web.Request, answer: Answer) -> web.StreamResponse:
    headers = dict(answer.headers)
    if answer.body or answer.status != 204:
        headers["Content-Type"] = answer.content_type
    response = web.Response(status=answer.status, body=answer.body or None, headers=headers)
    asked = request.headers.get("Accept-Encoding", "").lower()
    if len(answer.body) >= SMALLEST_COMPRESSED and "gzip" in asked:
        response.enable_compression(web.ContentCoding.gzip)
    return response


async def send_half(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Promise the whole body, send half of it and cut the connection."""
    headers = {
        **answer.headers,
        "Content-Type": answer.content_type,
        "Content-Length": str(len(answer.body)),
    }
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
