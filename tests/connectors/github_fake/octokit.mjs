// Reads the fake through Octokit as a stranger would and prints what it saw as JSON.
import { Octokit } from "octokit";

const [baseUrl, token] = process.argv.slice(2);
const octokit = new Octokit({ auth: token, baseUrl, throttle: { enabled: false }, retry: { enabled: false } });
const repo = { owner: "acme", repo: "payments" };
const commits = await octokit.paginate(octokit.rest.repos.listCommits, { ...repo, per_page: 3 });
const pulls = await octokit.paginate(octokit.rest.pulls.list, { ...repo, state: "all", per_page: 2 });
const runs = await octokit.paginate(octokit.rest.actions.listWorkflowRunsForRepo, { ...repo, per_page: 1 });
const graph = await octokit.graphql(
  "query($n: Int!) { repository(owner: \"acme\", name: \"payments\") { pullRequest(number: $n) { title state } } }",
  { n: 1 },
);
const { data: me } = await octokit.rest.users.getAuthenticated();
let missing = 0;
try { await octokit.rest.repos.get({ owner: "acme", repo: "nope" }); } catch (error) { missing = error.status; }
console.log(JSON.stringify({
  me: me.login, commits: commits.length, pulls: pulls.map((pull) => pull.number), runs: runs.length,
  title: graph.repository.pullRequest.title, missing,
}));
