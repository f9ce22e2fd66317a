"""The application: routes, middlewares in their order, and resources that are open while it runs."""

from importlib import resources
from pathlib import Path

from aiohttp import web

from torc_dash import (
    compression,
    csrf,
    explanations,
    first_errors,
    job_files,
    log_threads,
    node_samples,
    overview_answers,
    preferences,
    proxy,
    read_only,
    rendering,
    security,
    slurm_answers,
)
from torc_dash.actions.of_workflows import look_around
from torc_dash.live import stream
from torc_dash.rendering import PAGE_CHROME, PAGE_VALUES, PageChrome
from torc_dash.security import ACCESS_POLICY, AccessPolicy
from torc_dash.specs import creation, examples
from torc_dash.tasks import registry
from torc_dash.upstream import Upstream, connect
from torc_dash.views import (
    access_group_actions,
    access_groups,
    actions,
    cluster,
    find,
    graph,
    imports,
    job,
    log,
    new,
    nodes,
    overview,
    raw_log,
    records,
    recover,
    settings,
    several,
    spec,
    spec_schema,
    tasks,
    timeline,
    wizard,
    workflows,
)
from torc_dash.views import (
    resources as resources_page,
)

# The views: each adds its routes. A route has a name, by which the navigation shows the page.
ROUTES: tuple[web.RouteDef, ...] = (
    *stream.ROUTES,
    *workflows.ROUTES,
    *overview.ROUTES,
    *graph.ROUTES,
    *timeline.ROUTES,
    *records.ROUTES,
    *job.ROUTES,
    *log.ROUTES,
    *raw_log.ROUTES,
    *nodes.ROUTES,
    *resources_page.ROUTES,
    *cluster.ROUTES,
    *new.ROUTES,
    *imports.ROUTES,
    *spec.ROUTES,
    *actions.ROUTES,
    *several.ROUTES,
    *recover.ROUTES,
    *tasks.ROUTES,
    *access_groups.ROUTES,
    *access_group_actions.ROUTES,
    *settings.ROUTES,
    *find.ROUTES,
    *wizard.ROUTES,
    *spec_schema.ROUTES,
)
MIDDLEWARES = (
    *security.MIDDLEWARES,
    compression.compress,
    rendering.render_failures,
    read_only.refuse_changes,
    csrf.check_token,
)


def make_app(upstream: Upstream, policy: AccessPolicy, *, changes: bool = True) -> web.Application:
    """Build the dashboard for one server and one access policy. Without `changes` it is read-only."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=csrf.FORM_BYTES)
    app[ACCESS_POLICY] = policy
    app[PAGE_CHROME] = PageChrome(upstream.description or upstream.url, upstream.worker_url, read_only=not changes)
    app[PAGE_VALUES] = (csrf.values_for, preferences.values_for)
    csrf.set_up(app)
    rendering.set_up(app)
    log.set_up(app)
    log_threads.set_up(app)
    job_files.set_up(app)
    connect(app, upstream)
    app.cleanup_ctx.append(proxy.open_proxy)
    app.cleanup_ctx.append(stream.open_hub)
    app.on_shutdown.append(stream.close_streams)
    slurm_answers.set_up(app)
    node_samples.set_up(app)
    explanations.set_up(app)
    first_errors.set_up(app)
    overview_answers.set_up(app)
    registry.set_up(app, upstream)
    examples.set_up(app)
    creation.set_up(app)
    look_around()
    app.on_response_prepare.append(security.set_headers)
    app.add_routes(ROUTES)
    app.router.add_static("/static", Path(str(resources.files("torc_dash") / "static")), follow_symlinks=False)
    app.router.add_route("*", "/torc-service/{rest:.*}", proxy.forward)
    return app
