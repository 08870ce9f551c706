import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue';
import { describeNamespace } from '../api/secrets.js';
import type { NamespaceDescription } from '../api/types.js';
import { isNamespaceName } from '../router/namespace-name.js';
import { session } from '../stores/session.js';

/** How long what is typed is waited for. */
const TYPING_DELAY_MS = 150;

/**
 * What may be done in the namespace that is named, and what its store takes; `undefined` until that is known. It only advises:
 * the gateway refuses what may not be.
 */
export const useDescribedNamespace = (
  namespace: () => string,
): Readonly<ShallowRef<NamespaceDescription | undefined>> => {
  const described = shallowRef<NamespaceDescription>();
  let asking: AbortController | undefined;
  let typing: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(typing);
    asking?.abort();
  };
  const ask = async (name: string): Promise<void> => {
    const controller = (asking = new AbortController());
    try {
      const found = await describeNamespace(session.tenant, name, controller.signal);
      if (!controller.signal.aborted) described.value = found;
    } catch {
      // Without an answer nothing is advised.
    }
  };
  watch(
    namespace,
    (name, before) => {
      stop();
      described.value = undefined;
      if (!isNamespaceName(name)) return;
      if (before === undefined) void ask(name);
      else typing = setTimeout(() => void ask(name), TYPING_DELAY_MS);
    },
    { immediate: true },
  );
  onBeforeUnmount(stop);
  return described;
};
