import { createApp } from 'vue';
import App from './app.vue';
import { followLanguage, i18n } from './messages/index.js';
import { router } from './router/index.js';
import { watchPreferences } from './stores/preferences.js';
import './styles/element.css';
import './styles/theme.css';

watchPreferences();
await followLanguage();
createApp(App).use(i18n).use(router).mount('#app');
