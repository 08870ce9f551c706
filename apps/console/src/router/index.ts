import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router';
import { connect } from '../stores/live.js';
import { loadFirstNamespaces } from '../stores/namespaces.js';
import { preferences } from '../stores/preferences.js';
import { loadSession, onForget, session } from '../stores/session.js';

const TENANT = ':tenant([a-z0-9][a-z0-9_-]*)';

export const router = createRouter({
  history: createWebHistory('/ui/'),
  routes: [
    { path: '/', redirect: () => `/${preferences.tenants[0] ?? 'main'}/secrets` },
    { path: '/sign-in', name: 'sign-in', component: () => import('../pages/sign-in-page.vue'), meta: { open: true } },
    { path: `/${TENANT}`, redirect: ({ params }) => `/${String(params['tenant'])}/secrets` },
    { path: `/${TENANT}/secrets`, name: 'secrets', component: () => import('../pages/secrets-page.vue') },
    { path: `/${TENANT}/secret`, name: 'secret', component: () => import('../pages/secret-page.vue') },
    { path: `/${TENANT}/import`, name: 'import', component: () => import('../pages/import-page.vue') },
    { path: `/${TENANT}/connect`, name: 'connect', component: () => import('../pages/connect-page.vue') },
    { path: `/${TENANT}/compare`, name: 'compare', component: () => import('../pages/compare-page.vue') },
    { path: `/${TENANT}/audit`, name: 'audit', component: () => import('../pages/audit-page.vue') },
    { path: `/${TENANT}/access`, name: 'access', component: () => import('../pages/access-page.vue') },
    { path: `/${TENANT}/system`, name: 'system', component: () => import('../pages/system-page.vue') },
    {
      path: '/:rest(.*)*',
      name: 'nowhere',
      component: () => import('../pages/nowhere-page.vue'),
      meta: { open: true },
    },
  ],
});

const signInAt = ({ fullPath }: RouteLocationNormalized) => ({
  name: 'sign-in',
  query: fullPath === '/' ? {} : { to: fullPath },
});

/** The tenant whose namespaces and changes are followed. */
let followed = '';
const follow = (tenant: string): void => {
  if (followed === tenant) return;
  followed = tenant;
  preferences.tenants = [tenant, ...preferences.tenants.filter((each) => each !== tenant)].slice(0, 10);
  void loadFirstNamespaces(connect(tenant));
};

router.beforeEach(async (to) => {
  if (to.meta['open'] === true) return true;
  const tenant = String(to.params['tenant']);
  if (session.status !== 'in' || session.tenant !== tenant) {
    try {
      await loadSession(tenant);
    } catch {
      // The page itself says that nothing answers, and tries again.
      return session.status === 'in' ? true : signInAt(to);
    }
    if (session.status !== 'in') return signInAt(to);
  }
  follow(tenant);
  return true;
});

onForget(() => {
  followed = '';
  const { currentRoute } = router;
  if (currentRoute.value.meta['open'] !== true) void router.replace(signInAt(currentRoute.value));
});

// A page that comes back from the browser's memory may show what a session saw that has ended since.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
