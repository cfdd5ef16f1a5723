// A table whose columns are sorted by their headings and whose rows are chosen by boxes; all text is Vue's, never HTML.
export default {
  template: `
    <div class="scrolls" tabindex="0" role="region" :aria-label="label">
      <table class="runs">
        <thead>
          <tr>
            <th class="check">
              <input type="checkbox" aria-label="Choose all that are shown" :checked="all" @change="chooseAll" />
            </th>
            <th v-for="column in columns" :key="column.key" :class="{ number: column.numeric }"
              :aria-sort="direction(column.key)" scope="col">
              <button type="button" @click="$emit('sort', column.key)">
                {{ column.label }}<span aria-hidden="true">{{ mark(column.key) }}</span>
              </button>
            </th>
            <th scope="col">Note or reason</th>
          </tr>
        </thead>
        <tbody>
          <tr v-for="row in rows" :key="row.id" :class="{ chosen: chosen.includes(row.id) }">
            <td class="check">
              <input type="checkbox" :aria-label="'Compare ' + row.id" :checked="chosen.includes(row.id)"
                @change="$emit('choose', [row.id], $event.target.checked)" />
            </td>
            <td v-for="(cell, place) in row.cells" :key="columns[place].key" :data-label="columns[place].label"
              :class="[columns[place].key, { number: columns[place].numeric, none: !cell.text }]" :title="cell.title">
              <a v-if="cell.href" :href="cell.href">{{ cell.text }}</a>
              <span v-else-if="cell.level" :class="'state ' + cell.level">
                <q-icon :name="cell.icon" aria-hidden="true" /><span>{{ cell.text }}</span>
              </span>
              <template v-else>{{ cell.text }}</template>
            </td>
            <td class="words" :class="{ none: !row.words, bad: row.bad }" :title="row.words">{{ row.words }}</td>
          </tr>
        </tbody>
      </table>
    </div>`,
  props: { label: String, columns: Array, rows: Array, sort: String, chosen: Array },
  emits: ["sort", "choose"],
  computed: {
    all() {
      return this.rows.length > 0 && this.rows.every((row) => this.chosen.includes(row.id));
    },
  },
  methods: {
    direction(key) {
      if (this.sort === key) return "ascending";
      return this.sort === "-" + key ? "descending" : "none";
    },
    mark(key) {
      return { ascending: " ▲", descending: " ▼", none: "" }[this.direction(key)];
    },
    chooseAll(event) {
      this.$emit("choose", this.rows.map((row) => row.id), event.target.checked);
    },
  },
};
