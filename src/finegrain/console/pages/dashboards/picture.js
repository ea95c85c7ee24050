// Draws what a dashboard shows onto one canvas, and hands it over as a PNG file.
(name) => {
  const board = document.querySelector('.fg-board');
  const style = getComputedStyle(document.body);
  const colour = (part) => style.getPropertyValue('--fg-' + part).trim();
  const pad = 24, scale = 2, from = board.getBoundingClientRect();
  const heading = document.querySelector('h1').innerText;
  const canvas = document.createElement('canvas');
  canvas.width = (from.width + 2 * pad) * scale;
  canvas.height = (from.height + 3 * pad + 24) * scale;
  const pen = canvas.getContext('2d');
  pen.scale(scale, scale);
  pen.textBaseline = 'top';
  pen.fillStyle = colour('page');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = colour('text');
  pen.font = '600 20px ' + style.fontFamily;
  pen.fillText(heading, pad, pad);
  pen.translate(pad - from.left, 2 * pad + 24 - from.top);
  for (const card of board.querySelectorAll('.fg-board-card')) {
    const box = card.getBoundingClientRect();
    pen.save();
    pen.beginPath();
    pen.roundRect(box.left, box.top, box.width, box.height, 8);
    pen.fillStyle = colour('card');
    pen.fill();
    pen.strokeStyle = colour('line');
    pen.stroke();
    pen.clip();
    for (const text of card.querySelectorAll('.fg-board-text')) {
      const at = text.getBoundingClientRect(), how = getComputedStyle(text);
      pen.fillStyle = how.color;
      pen.font = how.fontWeight + ' ' + how.fontSize + ' ' + how.fontFamily;
      pen.fillText(text.innerText, at.left, at.top, box.right - at.left - 12);
    }
    for (const chart of card.querySelectorAll('canvas')) {
      // What is wider than its card is scrolled there, and drawn smaller here.
      const at = chart.getBoundingClientRect(), body = chart.closest('.fg-board-body').getBoundingClientRect();
      const part = Math.min(1, body.width / at.width);
      pen.drawImage(chart, part < 1 ? body.left : at.left, at.top, at.width * part, at.height * part);
    }
    pen.restore();
  }
  const link = document.createElement('a');
  link.href = canvas.toDataURL('image/png');
  link.download = name + '.png';
  link.click();
  return canvas.width;
}
