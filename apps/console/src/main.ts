import { createApp, defineAsyncComponent } from 'vue';

createApp(defineAsyncComponent(() => import('./pages/secrets-page.vue'))).mount('#app');
