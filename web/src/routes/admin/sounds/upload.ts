import { answer, codeUnreachable, Problem, type Schema } from '../../../api/client';

/** More than this the server does not take; it is not even sent. */
export const largest = 32 * 1024 * 1024;

interface Upload {
  readonly sound: Promise<Schema<'Sound'>>;
  readonly stop: () => void;
}

/** Sends a file and tells how far it is, from 0 to 1. A request of another kind cannot tell what it has sent. */
export function upload(file: File, progress: (part: number) => void): Upload {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append('file', file);
  request.open('POST', '/api/v1/sounds');
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
  const sound = new Promise<Schema<'Sound'>>((resolve, reject) => {
    request.onerror = () => reject(new Problem(0, codeUnreachable, ''));
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    // The answer is read as any other: a refusal for its words, the end of the session for the way to log in.
    request.onload = () => {
      const body: unknown = request.response;
      const response = new Response(null, { status: request.status || 500, statusText: request.statusText });
      const got = response.ok ? { data: body as Schema<'Sound'>, response } : { error: body, response };
      answer(Promise.resolve(got)).then(resolve, reject);
    };
    request.send(form);
  });
  return { sound, stop: () => request.abort() };
}
