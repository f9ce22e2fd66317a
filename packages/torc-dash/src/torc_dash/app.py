"""The application: routes, middlewares in their order, and resources that are open while it runs."""

from importlib import resources
from pathlib import Path

from aiohttp import web

from torc_dash import proxy, rendering, security
from torc_dash.rendering import PAGE_CHROME, PageChrome
from torc_dash.security import ACCESS_POLICY, AccessPolicy
from torc_dash.upstream import Upstream, connect
from torc_dash.views import details, workflows


def make_app(upstream: Upstream, policy: AccessPolicy) -> web.Application:
    """Build the dashboard for one server and one access policy."""
    app = web.Application(middlewares=(*security.MIDDLEWARES, rendering.render_failures), client_max_size=1024)
    app[ACCESS_POLICY] = policy
    app[PAGE_CHROME] = PageChrome(upstream.description or upstream.url, upstream.worker_url)
    rendering.set_up(app)
    connect(app, upstream)
    app.cleanup_ctx.append(proxy.open_proxy)
    app.on_response_prepare.append(security.set_headers)
    app.router.add_get("/", workflows.page)
    app.router.add_get("/workflows", workflows.page)
    app.router.add_get(r"/workflows/{id:[0-9]{1,18}}", details.page)
    app.router.add_static("/static", Path(str(resources.files("torc_dash") / "static")), follow_symlinks=False)
    app.router.add_route("*", "/torc-service/{rest:.*}", proxy.forward)
    return app
