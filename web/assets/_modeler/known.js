// What the server knows about the diagram at one element: its data fields and a sample of them. Asked once for each state of the diagram.
export class Known {
  constructor(board) {
    this.board = board;
    this.answers = new Map();
    this.samples = new Map(); // what the person wrote instead, by element
  }

  forget() {
    this.answers.clear();
  }

  /** { fields, sample } */
  async at(element) {
    const id = element.id;
    if (!this.answers.has(id)) this.answers.set(id, this.ask(id));
    try {
      const found = await this.answers.get(id);
      return { fields: found.fields, sample: this.samples.get(id) ?? found.sample };
    } catch {
      this.answers.delete(id);
      return { fields: [], sample: this.samples.get(id) ?? {} };
    }
  }

  async ask(id) {
    const content = await this.board.content();
    return this.board.send('complete', { content, element: id });
  }
}
