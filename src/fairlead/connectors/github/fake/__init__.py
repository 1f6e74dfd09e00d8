"""FakeGitHub: an organisation on GitHub as a state machine that sends webhooks and answers the API.

It may import `model`, `connectors.kit`, httpx and (only `server`) Starlette; start at `github.py`.
"""
