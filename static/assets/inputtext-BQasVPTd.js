import{A as e,D as t,F as n,H as r,R as i,W as a,it as o,k as s,ut as c}from"./vue-D0wAwRKe.js";import{Ft as l,H as u,U as d,ft as f,it as p,jt as m,ut as h}from"./live-DilAjF2f.js";var g={class:`flex flex-col gap-1`},_=[`for`],v=[`id`],y=[`id`],b=n({__name:`FormField`,props:{id:{},label:{},error:{},hint:{}},setup(n){return(i,o)=>(r(),e(`div`,g,[t(`label`,{for:n.id,class:`font-medium`},c(n.label),9,_),a(i.$slots,`default`,{described:n.error?`${n.id}-error`:n.hint?`${n.id}-hint`:void 0}),n.error?(r(),e(`p`,{key:0,id:`${n.id}-error`,class:`text-sm text-red-700 dark:text-red-300`},c(n.error),9,v)):n.hint?(r(),e(`p`,{key:1,id:`${n.id}-hint`,class:`text-sm text-muted-color`},c(n.hint),9,y)):s(``,!0)]))}}),x={key:0,role:`alert`,class:`flex gap-2 rounded-lg border border-red-300 dark:border-red-800 bg-red-50 dark:bg-red-950 text-red-800 dark:text-red-200 px-3 py-2`},S=n({__name:`FormMessage`,props:{text:{}},setup(n){return(i,a)=>n.text?(r(),e(`div`,x,[a[0]||=t(`i`,{class:`pi pi-exclamation-circle mt-0.5`,"aria-hidden":`true`},null,-1),t(`span`,null,c(n.text),1)])):s(``,!0)}}),C=class extends Error{},w=e=>typeof e==`string`?e.trim():e,T=(e,t)=>w(e)===w(t);function E({write:e},t){return e&&t!==null?e(t):t===null||w(t)===``?`nothing`:String(t)}function D(e,t,n,r){return Object.keys(e).flatMap(i=>{let a=e[i],[o,s,c]=[a.of(t),a.of(n),r[i]??null],l=!T(c,o);if(T(o,s)||T(c,s)||a.moves&&!l)return[];let u={key:i,label:a.label,was:E(a,o),now:E(a,s)};return[l?{...u,yours:E(a,c),taken:!1}:{...u,taken:!0}]})}function O(e){let t=o(!1),n=o({}),r=o(``),i=``,a=``;function s(){n.value={},r.value=``}function c(e){let t=JSON.stringify(e);return t!==i&&(i=t,a=p()),a}function l(t){if(t instanceof C)return;let i=[];for(let r of t instanceof u?t.fields:[]){let t=r.pointer.replace(/^#?\//,``).split(`/`)[0]??``;e.includes(t)?n.value[t]??=r.detail:i.push(t?`${t}: ${r.detail}`:r.detail)}let{title:a,detail:o}=d(t);i.length?r.value=i.join(` `):Object.keys(n.value).length||(r.value=o?`${a}: ${o}`:a)}async function f(e){if(t.value)return!1;t.value=!0,s();try{return await e(),i=``,!0}catch(e){return l(e),!1}finally{t.value=!1}}return{busy:t,errors:n,message:r,reset:s,keyFor:c,submit:f}}var k={name:`BaseEditableHolder`,extends:h,emits:[`update:modelValue`,`value-change`],props:{modelValue:{type:null,default:void 0},defaultValue:{type:null,default:void 0},name:{type:String,default:void 0},invalid:{type:Boolean,default:void 0},disabled:{type:Boolean,default:!1},formControl:{type:Object,default:void 0}},inject:{$parentInstance:{default:void 0},$pcForm:{default:void 0},$pcFormField:{default:void 0}},data:function(){return{d_value:this.defaultValue===void 0?this.modelValue:this.defaultValue}},watch:{modelValue:{deep:!0,handler:function(e){this.d_value=e}},defaultValue:function(e){this.d_value=e},$formName:{immediate:!0,handler:function(e){var t,n;this.formField=((t=this.$pcForm)==null||(n=t.register)==null?void 0:n.call(t,e,this.$formControl))||{}}},$formControl:{immediate:!0,handler:function(e){var t,n;this.formField=((t=this.$pcForm)==null||(n=t.register)==null?void 0:n.call(t,this.$formName,e))||{}}},$formDefaultValue:{immediate:!0,handler:function(e){this.d_value!==e&&(this.d_value=e)}},$formValue:{immediate:!1,handler:function(e){var t;(t=this.$pcForm)!=null&&t.getFieldState(this.$formName)&&e!==this.d_value&&(this.d_value=e)}}},formField:{},methods:{writeValue:function(e,t){var n,r;this.controlled&&(this.d_value=e,this.$emit(`update:modelValue`,e)),this.$emit(`value-change`,e),(n=(r=this.formField).onChange)==null||n.call(r,{originalEvent:t,value:e})},findNonEmpty:function(){return[...arguments].find(l)}},computed:{$filled:function(){return l(this.d_value)},$invalid:function(){var e,t;return!this.$formNovalidate&&this.findNonEmpty(this.invalid,(e=this.$pcFormField)==null||(e=e.$field)==null?void 0:e.invalid,(t=this.$pcForm)==null||(t=t.getFieldState(this.$formName))==null?void 0:t.invalid)},$formName:function(){return this.$formNovalidate?void 0:this.name||this.$formControl?.name},$formControl:function(){return this.formControl||this.$pcFormField?.formControl},$formNovalidate:function(){return this.$formControl?.novalidate},$formDefaultValue:function(){var e;return this.findNonEmpty(this.d_value,this.$pcFormField?.initialValue,(e=this.$pcForm)==null||(e=e.initialValues)==null?void 0:e[this.$formName])},$formValue:function(){var e,t;return this.findNonEmpty((e=this.$pcFormField)==null||(e=e.$field)==null?void 0:e.value,(t=this.$pcForm)==null||(t=t.getFieldState(this.$formName))==null?void 0:t.value)},controlled:function(){return this.$inProps.hasOwnProperty(`modelValue`)||!this.$inProps.hasOwnProperty(`modelValue`)&&!this.$inProps.hasOwnProperty(`defaultValue`)},filled:function(){return this.$filled}}},A={name:`BaseInput`,extends:k,props:{size:{type:String,default:null},fluid:{type:Boolean,default:null},variant:{type:String,default:null}},inject:{$parentInstance:{default:void 0},$pcFluid:{default:void 0}},computed:{$variant:function(){return this.variant??(this.$primevue.config.inputStyle||this.$primevue.config.inputVariant)},$fluid:function(){return this.fluid??!!this.$pcFluid},hasFluid:function(){return this.$fluid}}},j={name:`BaseInputText`,extends:A,style:f.extend({name:`inputtext`,style:`
    .p-inputtext {
        font-family: inherit;
        font-feature-settings: inherit;
        font-size: 1rem;
        color: dt('inputtext.color');
        background: dt('inputtext.background');
        padding-block: dt('inputtext.padding.y');
        padding-inline: dt('inputtext.padding.x');
        border: 1px solid dt('inputtext.border.color');
        transition:
            background dt('inputtext.transition.duration'),
            color dt('inputtext.transition.duration'),
            border-color dt('inputtext.transition.duration'),
            outline-color dt('inputtext.transition.duration'),
            box-shadow dt('inputtext.transition.duration');
        appearance: none;
        border-radius: dt('inputtext.border.radius');
        outline-color: transparent;
        box-shadow: dt('inputtext.shadow');
    }

    .p-inputtext:enabled:hover {
        border-color: dt('inputtext.hover.border.color');
    }

    .p-inputtext:enabled:focus {
        border-color: dt('inputtext.focus.border.color');
        box-shadow: dt('inputtext.focus.ring.shadow');
        outline: dt('inputtext.focus.ring.width') dt('inputtext.focus.ring.style') dt('inputtext.focus.ring.color');
        outline-offset: dt('inputtext.focus.ring.offset');
    }

    .p-inputtext.p-invalid {
        border-color: dt('inputtext.invalid.border.color');
    }

    .p-inputtext.p-variant-filled {
        background: dt('inputtext.filled.background');
    }

    .p-inputtext.p-variant-filled:enabled:hover {
        background: dt('inputtext.filled.hover.background');
    }

    .p-inputtext.p-variant-filled:enabled:focus {
        background: dt('inputtext.filled.focus.background');
    }

    .p-inputtext:disabled {
        opacity: 1;
        background: dt('inputtext.disabled.background');
        color: dt('inputtext.disabled.color');
    }

    .p-inputtext::placeholder {
        color: dt('inputtext.placeholder.color');
    }

    .p-inputtext.p-invalid::placeholder {
        color: dt('inputtext.invalid.placeholder.color');
    }

    .p-inputtext-sm {
        font-size: dt('inputtext.sm.font.size');
        padding-block: dt('inputtext.sm.padding.y');
        padding-inline: dt('inputtext.sm.padding.x');
    }

    .p-inputtext-lg {
        font-size: dt('inputtext.lg.font.size');
        padding-block: dt('inputtext.lg.padding.y');
        padding-inline: dt('inputtext.lg.padding.x');
    }

    .p-inputtext-fluid {
        width: 100%;
    }
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-inputtext p-component`,{"p-filled":t.$filled,"p-inputtext-sm p-inputfield-sm":n.size===`small`,"p-inputtext-lg p-inputfield-lg":n.size===`large`,"p-invalid":t.$invalid,"p-variant-filled":t.$variant===`filled`,"p-inputtext-fluid":t.$fluid}]}}}),provide:function(){return{$pcInputText:this,$parentInstance:this}}};function M(e){"@babel/helpers - typeof";return M=typeof Symbol==`function`&&typeof Symbol.iterator==`symbol`?function(e){return typeof e}:function(e){return e&&typeof Symbol==`function`&&e.constructor===Symbol&&e!==Symbol.prototype?`symbol`:typeof e},M(e)}function N(e,t,n){return(t=P(t))in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function P(e){var t=F(e,`string`);return M(t)==`symbol`?t:t+``}function F(e,t){if(M(e)!=`object`||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var r=n.call(e,t);if(M(r)!=`object`)return r;throw TypeError(`@@toPrimitive must return a primitive value.`)}return(t===`string`?String:Number)(e)}var I={name:`InputText`,extends:j,inheritAttrs:!1,methods:{onInput:function(e){this.writeValue(e.target.value,e)}},computed:{attrs:function(){return i(this.ptmi(`root`,{context:{filled:this.$filled,disabled:this.disabled}}),this.formField)},dataP:function(){return m(N({invalid:this.$invalid,fluid:this.$fluid,filled:this.$variant===`filled`},this.size,this.size))}}},L=[`value`,`name`,`disabled`,`aria-invalid`,`data-p`];function R(t,n,a,o,s,c){return r(),e(`input`,i({type:`text`,class:t.cx(`root`),value:t.d_value,name:t.name,disabled:t.disabled,"aria-invalid":t.$invalid||void 0,"data-p":c.dataP,onInput:n[0]||=function(){return c.onInput&&c.onInput.apply(c,arguments)}},c.attrs),null,16,L)}I.render=R;export{C as a,S as c,O as i,b as l,A as n,D as o,k as r,T as s,I as t};