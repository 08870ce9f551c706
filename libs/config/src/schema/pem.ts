import { anyText } from './scalars.js';

/** PEM itself, in any form in which people have it, or the name of a file; `LoadContext.readCertificates` reads it. */
export const pemOrFile = anyText.meta({ type: 'PEM, or the name of a file', form: 'pem' });
