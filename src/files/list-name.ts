/** What the name of a list says about it (Agora docs, manage recorded files: abnormal cases). */
export interface ListName {
  /** The list's key without the marks of a copy; lists with the same one tell of the same recording. */
  of: string;
  /** Index of a copy that was written while the upload failed, `..._{tick}_{index}.m3u8`; null for the list itself. */
  copy: number | null;
  /** Number of the recorder that took over, `bak{n}_...`; null for the first. */
  takeover: number | null;
}

/** Channel names lose their underscores in file names, so two numbers after two underscores are the marks of a copy. */
export function listName(key: string): ListName {
  const cut = key.lastIndexOf('/') + 1;
  const [folder, name] = [key.slice(0, cut), key.slice(cut)];
  const copy = /^(.+)_(\d+)_(\d+)\.m3u8$/.exec(name);
  const plain = copy ? `${copy[1]}.m3u8` : name;
  const takeover = /^bak(\d+)_/.exec(plain);
  return { of: folder + plain, copy: copy ? Number(copy[3]) : null, takeover: takeover ? Number(takeover[1]) : null };
}
