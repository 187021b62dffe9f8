// A stranger that wants the first place in the compose for its own bar, takes it again and again, and moves the form about.
setInterval(() => {
  for (const region of document.querySelectorAll('[role=dialog] [role=region]')) {
    const bar = region.querySelector('tool-bar') || document.createElement('tool-bar');
    bar.textContent = 'track this mail for bar@decoy.example';
    if (region.firstChild !== bar) region.prepend(bar);
  }
}, 60);
