/** The dialog that asks which manifest to apply: typing, choosing, completing, and what comes back. */

import { verbOf } from './keys.ts';
import type { Command, Reaction } from './reduce.ts';
import type { Choice, Dialog, Remark, ScreenState } from './screen-state.ts';
import { graphemesOf } from './text.ts';

type ApplyDialog = Dialog & { readonly kind: 'apply' };

/** A path is not longer than this (POSIX' PATH_MAX). */
const PATH_LIMIT = 4096;

/** The dialog as it opens. */
export const EMPTY_APPLY: ApplyDialog = {
  kind: 'apply',
  text: '',
  choices: [],
  choicesFor: undefined,
  confirmed: false,
  chosen: 0,
  errors: [],
  reading: false,
};

function put(state: ScreenState, dialog: ApplyDialog, commands: readonly Command[] = []): Reaction {
  return { state: { ...state, dialog }, commands };
}

function typed(state: ScreenState, dialog: ApplyDialog, text: string): Reaction {
  return put(state, { ...dialog, text, confirmed: false, chosen: 0, errors: [] }, [
    { type: 'complete', text },
  ]);
}

/** Takes the chosen one into the text; a directory is opened. */
function complete(state: ScreenState, dialog: ApplyDialog): Reaction {
  const choice = dialog.choices[dialog.chosen];
  return choice ? typed(state, dialog, choice.path) : put(state, dialog);
}

function confirm(state: ScreenState, dialog: ApplyDialog): Reaction {
  // Typed faster than files are found: what is meant is known when they have come.
  if (dialog.choicesFor !== dialog.text) return put(state, { ...dialog, confirmed: true });
  const choice = dialog.choices[dialog.chosen];
  if (choice?.directory) return complete(state, dialog);
  const path = choice?.path ?? dialog.text;
  if (path === '') return put(state, dialog);
  return put(state, { ...dialog, errors: [], reading: true }, [{ type: 'apply', path }]);
}

/** One key while the dialog is open. */
export function reduceApply(state: ScreenState, dialog: ApplyDialog, key: string): Reaction {
  if ((dialog.reading || dialog.confirmed) && key !== 'escape') return put(state, dialog);
  switch (key) {
    case 'escape':
      return { state: { ...state, dialog: { kind: 'none' } }, commands: [] };
    case 'up':
      return put(state, { ...dialog, chosen: Math.max(0, dialog.chosen - 1) });
    case 'down':
      return put(state, { ...dialog, chosen: Math.min(dialog.choices.length - 1, dialog.chosen + 1) });
    case 'pageup':
      return put(state, { ...dialog, chosen: Math.max(0, dialog.chosen - 10) });
    case 'pagedown':
      return put(state, { ...dialog, chosen: Math.min(dialog.choices.length - 1, dialog.chosen + 10) });
    case 'tab':
      return complete(state, dialog);
    case 'enter':
      return confirm(state, dialog);
    case 'backspace':
    case 'delete':
      return typed(state, dialog, graphemesOf(dialog.text).slice(0, -1).join(''));
    case 'ctrl-u':
      return typed(state, dialog, '');
    default: {
      // Named keys have more than one character; everything else is text.
      const isText = graphemesOf(key).length === 1 && key >= ' ';
      return isText && dialog.text.length < PATH_LIMIT
        ? typed(state, dialog, dialog.text + key)
        : put(state, dialog);
    }
  }
}

/** The manifests that were found for `text`; ignored when the person has typed on since. */
export function choicesFound(state: ScreenState, text: string, choices: readonly Choice[]): Reaction {
  if (state.dialog.kind !== 'apply' || state.dialog.text !== text) return { state, commands: [] };
  const chosen = choices.length === 0 ? -1 : Math.min(Math.max(0, state.dialog.chosen), choices.length - 1);
  const dialog = { ...state.dialog, choices, choicesFor: text, confirmed: false, chosen };
  return state.dialog.confirmed ? confirm(state, dialog) : put(state, dialog);
}

/** The manifest was refused: the dialog stays open and says why. */
export function applyRefused(state: ScreenState, errors: readonly string[]): ScreenState {
  if (state.dialog.kind !== 'apply') return state;
  return { ...state, dialog: { ...state.dialog, errors, reading: false } };
}

/** The objects are in the store: the dialog closes, or makes room for what there is to say about them. */
export function applyAccepted(
  state: ScreenState,
  kind: string,
  name: string,
  remarks: readonly Remark[],
): ScreenState {
  return {
    ...state,
    dialog: remarks.length > 0 ? { kind: 'remarks', remarks, scroll: 0 } : { kind: 'none' },
    selection: { kind: 'follow' },
    // Only a pod gives the kubelet something to do.
    notice: {
      told: { key: kind === 'Pod' ? 'notice.applied' : 'notice.stored', values: { kind, name } },
      tone: 'info',
    },
  };
}

/** One key while the remarks are shown: they scroll, change their language, or go away. */
export function reduceRemarks(
  state: ScreenState,
  dialog: Dialog & { readonly kind: 'remarks' },
  key: string,
): Reaction {
  const verb = verbOf(key);
  const at = (scroll: number): Reaction => ({
    state: {
      ...state,
      dialog: { ...dialog, scroll: Math.max(0, Math.min(scroll, dialog.remarks.length - 1)) },
    },
    commands: [],
  });
  if (verb === 'up' || verb === 'pageUp') return at(dialog.scroll - 1);
  if (verb === 'down' || verb === 'pageDown') return at(dialog.scroll + 1);
  if (verb === 'language') {
    return { state: { ...state, language: state.language === 'en' ? 'zh' : 'en' }, commands: [] };
  }
  const closes = verb === 'step' || verb === 'next' || verb === 'back' || verb === 'quit';
  return { state: closes ? { ...state, dialog: { kind: 'none' } } : state, commands: [] };
}
