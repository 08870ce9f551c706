/** Claims of a job's token as GitHub and GitLab document them, for the bindings of docs/guides/examples/ci/coffer.yml. */
export const GITHUB_JOB = {
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'https://github.com/octo-org',
  sub: 'repo:octo-org/octo-repo:ref:refs/heads/main',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  repository: 'octo-org/octo-repo',
  repository_id: '74',
  repository_owner: 'octo-org',
  repository_owner_id: '65',
  event_name: 'push',
} as const;

export const GITLAB_JOB = {
  iss: 'https://gitlab.com',
  aud: 'https://coffer.example.com',
  sub: 'project_path:my-group/my-project:ref_type:branch:ref:main',
  namespace_id: '72',
  namespace_path: 'my-group',
  project_id: '20',
  project_path: 'my-group/my-project',
  ref: 'main',
  ref_type: 'branch',
  ref_protected: 'true',
} as const;
