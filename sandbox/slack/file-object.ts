import { extname } from 'node:path';
import { app, type SlackFile, team } from './world.ts';

const types: Record<string, [mimetype: string, pretty: string]> = {
  txt: ['text/plain', 'Plain Text'],
  log: ['text/plain', 'Plain Text'],
  md: ['text/markdown', 'Markdown (raw)'],
  csv: ['text/csv', 'CSV'],
  json: ['application/json', 'JSON'],
  html: ['text/html', 'HTML'],
  png: ['image/png', 'PNG'],
  jpg: ['image/jpeg', 'JPEG'],
  pdf: ['application/pdf', 'PDF'],
  zip: ['application/zip', 'Zip'],
};

const typeOf = (name: string) => extname(name).slice(1).toLowerCase();

/** By the name's ending, as far as the sandbox knows it. */
export const mimetypeOf = (name: string): string => types[typeOf(name)]?.[0] ?? 'application/octet-stream';

/** A file as Slack gives it to apps (docs.slack.dev/reference/objects/file-object). `url`: the workspace's. */
export function fileObject(f: SlackFile, url: string) {
  const path = `${team.id}-${f.id}/${encodeURIComponent(f.name)}`;
  return {
    id: f.id,
    created: f.created,
    timestamp: f.created,
    name: f.name,
    title: f.title,
    mimetype: mimetypeOf(f.name),
    filetype: typeOf(f.name) || 'binary',
    pretty_type: types[typeOf(f.name)]?.[1] ?? 'Binary',
    user: app.botUser,
    user_team: team.id,
    editable: false,
    size: f.size,
    mode: 'hosted',
    is_external: false,
    is_public: false,
    url_private: `${url}/files-pri/${path}`,
    url_private_download: `${url}/files-pri/${path}`,
    permalink: `${url}/files/${app.botUser}/${f.id}/${encodeURIComponent(f.name)}`,
  };
}
