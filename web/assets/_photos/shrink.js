// Turns whatever the camera gave into a JPEG of at most 2048 pixels, upright, and a small picture to show.
export const LONGEST = 2048;
const THUMB = 320;
const QUALITY = 0.85;

export class NotAPhoto extends Error {}

export async function shrink(file) {
  const picture = await decode(file);
  try {
    const [photo, thumb] = [await draw(picture, LONGEST), await draw(picture, THUMB)];
    if (!photo || !thumb) throw new NotAPhoto();
    return { photo, thumb };
  } finally {
    if (picture.close) picture.close();
  }
}

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return decodeByElement(file);
  }
}

// Older browsers: an <img> turns the picture by itself.
async function decodeByElement(file) {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  } catch {
    throw new NotAPhoto();
  } finally {
    URL.revokeObjectURL(address);
  }
}

function draw(picture, longest) {
  const [width, height] = [picture.width, picture.height];
  if (!width || !height) throw new NotAPhoto();
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
}
