/** What the declarations lack: fields newer than the package, and types that OpenAPI does not tell. */

/** Fields of Kubernetes releases that the package does not know yet; delete a line once it does. */
export const NEWER_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Permission bits of the volume's directory.
  'v1.EmptyDirVolumeSource': { mode: 'int32' },
};

/** In OpenAPI these are strings; Go reads base64 into bytes. */
export const SPECIAL_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'v1.Secret': { data: 'map[string]bytes' },
  'v1.ConfigMap': { binaryData: 'map[string]bytes' },
};
