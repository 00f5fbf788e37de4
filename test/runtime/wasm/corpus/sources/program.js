// JavaScript, for QuickJS (componentize-qjs) and SpiderMonkey (componentize-js) alike: wasi:cli/run, with WASI's own functions.
import { getArguments, getEnvironment } from 'wasi:cli/environment@0.2.12';
import { exitWithCode } from 'wasi:cli/exit@0.2.12';
import { getStdout } from 'wasi:cli/stdout@0.2.12';
import { now, subscribeDuration } from 'wasi:clocks/monotonic-clock@0.2.12';
import { getDirectories } from 'wasi:filesystem/preopens@0.2.12';

// A u64 is a number to componentize-qjs and a BigInt to componentize-js.
const whole = (number) => (typeof now() === 'bigint' ? BigInt(number) : number);
// QuickJS has no TextEncoder.
const encode = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const decode = (bytes) => String.fromCharCode(...bytes);

export const run = {
  run() {
    const output = getStdout();
    const print = (text) => output.blockingWriteAndFlush(encode(`${text}\n`));
    print(`arguments ${getArguments().slice(1).join(' ')}`);
    print(`variable ${new Map(getEnvironment()).get('GREETING')}`);
    const primes = [];
    for (let n = 2; primes.length < 10; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
    print(`primes ${primes.join(' ')}`);
    print(JSON.stringify({ text: 'abc'.toUpperCase(), sorted: [3, 1, 2].sort(), big: 2n ** 70n + '' }));
    const [[root, name]] = getDirectories();
    const file = root.openAt({}, 'tmp/js', { create: true }, { read: true, write: true });
    file.write(encode('written by JavaScript'), whole(0));
    const [bytes] = file.read(whole(7), whole(0));
    print(`file ${name} ${decode(bytes)} of ${file.stat().size}`);
    try {
      root.openAt({}, 'tmp/none', {}, { read: true });
    } catch (error) {
      print(`missing ${error.payload ?? error}`);
    }
    const before = now();
    subscribeDuration(whole(200_000_000)).block();
    print(`slept ${now() - before >= 200_000_000}`);
    exitWithCode(9);
  },
};
