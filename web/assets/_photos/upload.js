// Sends one photo to /files, telling how far it is. Resolves to {id, name, url, thumb}; rejects with words fit for the screen.
export class UploadFailed extends Error {
  constructor(words, status) {
    super(words);
    this.status = status;
  }
}

export function upload(photo, name, csrf, progress = () => {}) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', photo, name);
    request.open('POST', '/files');
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-CSRFToken', csrf);
    request.timeout = 120000;
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = request.ontimeout = () => failed(new UploadFailed('', 0));
    request.onload = () => {
      const answer = json(request.responseText);
      if (request.status === 201 && answer.id) done(answer);
      else failed(new UploadFailed(answer.error ?? '', request.status));
    };
    request.send(form);
  });
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
