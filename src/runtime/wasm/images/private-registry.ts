/**
 * The private registry of the WebAssembly node, so that pull secrets have something to open: every stand-in
 * is also there, under `registry.example.com/`, for one user only.
 */
import type { AuthConfig } from '../../../api/cri.ts';

const HOST = 'registry.example.com/';
const USER: AuthConfig = { username: 'learner', password: 'podstep' };

/** Whether the image, by its full name, is in the private registry. */
export function isPrivate(image: string): boolean {
  return image.startsWith(HOST);
}

/** What the image is called on Docker Hub. */
export function publicName(image: string): string {
  return isPrivate(image) ? image.slice(HOST.length) : image;
}

/** Whether these are the credentials of its one user. */
export function opensPrivateRegistry(auth: AuthConfig | undefined): boolean {
  return auth?.username === USER.username && auth.password === USER.password;
}
