// Puts the charts that a dashboard shows, drawn as SVG, into a page, and hands it over as one HTML file.
async (name, page, charts) => {
  const { echarts } = await import('nicegui-echart');
  for (const [mark, id] of Object.entries(charts)) {
    const shown = getElement(id).chart;
    const drawn = echarts.init(null, null, { renderer: 'svg', ssr: true, width: shown.getWidth(), height: shown.getHeight() });
    drawn.setOption({ ...shown.getOption(), animation: false });
    page = page.split(mark).join(drawn.renderToSVGString());
    drawn.dispose();
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([page], { type: 'text/html' }));
  link.download = name + '.html';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return page.length;
}
