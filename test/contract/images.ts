/** The contract on images. */
import { expect, test } from 'vitest';
import { type Bench, fullImage, IMAGE, MISSING_IMAGE } from './setup.ts';

export function imageContract(bench: () => Bench): void {
  const images = () => bench().runtime.imageService;
  const pull = (name: string) => bench().settle(images().pullImage(name));

  test('a pulled image is found by its name, by its other spellings and by its id', async () => {
    const ref = await pull(IMAGE);
    const image = await images().imageStatus(IMAGE);
    expect(image?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(image?.repoTags.join()).toContain(IMAGE);
    expect(image?.sizeBytes).toBeGreaterThan(0);
    expect((await images().imageStatus(fullImage()))?.id).toBe(image?.id);
    expect((await images().imageStatus(image?.id ?? ''))?.id).toBe(image?.id);
    expect((await images().imageStatus(ref))?.id).toBe(image?.id);
    expect((await images().listImages()).map(({ id }) => id)).toContain(image?.id);
  });

  test('an image that was never pulled is not there', async () => {
    expect(await images().imageStatus(MISSING_IMAGE)).toBeNull();
  });

  test('a pull of a name that nobody has fails and says the name or the registry', async () => {
    await expect(pull(MISSING_IMAGE)).rejects.toThrow(/no-such-image|contract\.invalid/);
    expect(await images().imageStatus(MISSING_IMAGE)).toBeNull();
  });

  test('a pull tells its progress up to done', async () => {
    const phases: string[] = [];
    await bench().settle(images().pullImage(IMAGE, ({ phase }) => phases.push(phase)));
    expect(phases.at(-1)).toBe('done');
  });

  test('a removed image is gone, removing it again is no error, and it can be pulled again', async () => {
    await bench().settle(images().removeImage(IMAGE));
    expect(await images().imageStatus(IMAGE)).toBeNull();
    await bench().settle(images().removeImage(IMAGE));
    await pull(IMAGE);
    expect(await images().imageStatus(IMAGE)).not.toBeNull();
  });

  test('the image file system has a size', async () => {
    const [usage] = await images().imageFsInfo();
    expect(usage?.usedBytes).toBeGreaterThan(0);
    expect(usage?.mountpoint).not.toBe('');
  });
}
