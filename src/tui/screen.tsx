/** The Ink side of the screen: a box for each part of the frame, keys in, window size in. Decides nothing. */
import { Box, Text, useInput, usePaste, useWindowSize } from 'ink';
import { memo, useEffect, useSyncExternalStore } from 'react';
import type { Drive } from './drive.ts';
import type { DrawnPane } from './model/draw.ts';
import type { Line } from './model/line.ts';
import { type Paint, paintLine } from './model/paint.ts';
import { splitKeys } from './model/split-keys.ts';

/** Lines that change together; painted text that is the same is not laid out again. */
const Painted = memo(function Painted({ text }: { readonly text: string }) {
  return <Text wrap="truncate">{text}</Text>;
});

function painted(lines: readonly Line[], paint: Paint): string {
  return lines.map((line) => paintLine(line, paint)).join('\n');
}

function Pane({ pane, paint }: { readonly pane: DrawnPane; readonly paint: Paint }) {
  return (
    <Box width={pane.columns} height={pane.lines.length} flexShrink={0}>
      <Painted text={painted(pane.lines, paint)} />
    </Box>
  );
}

/** The frame, as wide and as high as it was drawn. */
export function FrameView({ drive, paint }: { readonly drive: Drive; readonly paint: Paint }) {
  const frame = useSyncExternalStore(drive.subscribe, drive.frame);
  return (
    <Box flexDirection="column" width={frame.columns} height={frame.rows} overflow="hidden">
      <Painted text={painted(frame.top, paint)} />
      <Box>
        {frame.body.map((column) => (
          <Box key={column[0]?.name} flexDirection="column" flexShrink={0}>
            {column.map((pane) => (
              <Pane key={pane.name} pane={pane} paint={paint} />
            ))}
          </Box>
        ))}
      </Box>
      {frame.bottom.length > 0 && <Painted text={painted(frame.bottom, paint)} />}
    </Box>
  );
}

/** The live screen: the frame, and what comes from keyboard and window. */
export function Screen({ drive, paint }: { readonly drive: Drive; readonly paint: Paint }) {
  const { columns, rows } = useWindowSize();
  useInput((input, key) => drive.keys(splitKeys(input, key)));
  // A pasted path is typed text; line ends in it are not "enter".
  usePaste((text) => drive.keys([...text.replace(/[\r\n]+/g, '')]));
  useEffect(() => drive.resize(columns, usableRows(rows)), [drive, columns, rows]);
  return <FrameView drive={drive} paint={paint} />;
}

/** Windows' console scrolls when its last row is filled. */
export function usableRows(rows: number): number {
  return process.platform === 'win32' ? rows - 1 : rows;
}
